export { consoleApiRouter } from './console-api/console-router.ts';
export { deviceUploadsRouter } from './device-uploads/device-uploads-router.ts';
export type { Dialect } from './dialect-kit/index.ts';
export { ezvizDialect } from './dialects/ezviz/index.ts';
export { renderErrorsPage } from './document.ts';
export { opsRouter } from './ops/ops-router.ts';
export { pagesRouter } from './pages/pages-router.ts';
export { createHttpApp } from './server/http-app.ts';
export { type TrialOffer, trialRouter } from './trial-api/trial-router.ts';
