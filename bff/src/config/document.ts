import { type Setting, SETTINGS } from './settings.ts';

/** `docs/configuration.md`, from the table of settings. */
export function renderConfigurationPage(): string {
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(
    ({ env, fallback, about: [english, chinese], secret }) =>
      `| \`${env}\` | ${fallback ? `\`${fallback}\`` : '–'} | ${secret ? 'Secret. ' : ''}${english}<br>${secret ? '机密。' : ''}${chinese} |`,
  );
  return [
    '<!-- Generated from bff/src/config/settings.ts by `npm run generate`. -->',
    '',
    '# Configuration 配置',
    '',
    'Yimu is configured by environment variables. All of them are optional. An unusable value stops',
    'the start with the list of all faults; an unknown `YIMU_` name is warned of. 所有配置项均可省略；取值无效时，',
    '启动会列出全部错误并退出；名称未知的 `YIMU_` 变量会给出警告。',
    '',
    '| variable 变量 | default 缺省值 | meaning 说明 |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** `config.example.env`, from the table of settings. Loading it gives the defaults. */
export function renderExampleEnvironment(): string {
  const blocks = Object.values<Setting<unknown>>(SETTINGS).map(
    ({ env, fallback, about: [english, chinese] }) =>
      `# ${english}\n# ${chinese}\n${fallback === undefined ? '# ' : ''}${env}=${fallback ?? ''}\n`,
  );
  return blocks.join('\n');
}
