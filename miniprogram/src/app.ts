import { newUrlOf } from './models/old-paths.ts';
import { goHome, replacePage } from './platform/pages.ts';

App({
  onPageNotFound({ path, query }) {
    const url = newUrlOf(path, query);
    if (url === undefined) goHome();
    else replacePage(url);
  },
});
