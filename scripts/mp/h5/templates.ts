import { posix } from 'node:path';
// Of the runtime's own version; both must be upgraded together.
import { TmplGroup } from 'glass-easel-template-compiler';
import { BuildFault } from '../build-fault.ts';

interface TemplateFault {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
}

/** Compiles templates (package path with `.wxml` to text) to one JavaScript expression: path to render functions. */
export function compileTemplates(templates: ReadonlyMap<string, string>): string {
  const group = new TmplGroup();
  const faults: string[] = [];
  try {
    for (const [path, text] of templates) {
      if (/<wxs\b/.test(text)) faults.push(`${path}: wxs is not run by the browser host`);
      const key = posix.join(posix.dirname(path), posix.basename(path, '.wxml'));
      for (const fault of group.addTmpl(key, text) as TemplateFault[]) {
        faults.push(`${path}:${fault.startLine + 1}:${fault.startColumn + 1}: ${fault.message}`);
      }
    }
    if (faults.length > 0) throw new BuildFault('templates', faults);
    return group.getTmplGenObjectGroups();
  } finally {
    group.free();
  }
}
