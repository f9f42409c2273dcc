export { renderConfigurationPage, renderExampleEnvironment } from './document.ts';
export { ConfigError, loadConfig, unknownSettings } from './load.ts';
export { type Config, SETTINGS } from './settings.ts';
