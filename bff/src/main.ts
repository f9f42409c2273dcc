import { createLogger } from './app/logging.ts';
import { type RunningServer, startServer } from './app/server.ts';
import { explainStartFailure } from './app/start-failure.ts';
import { terminalLog } from './app/terminal-log.ts';
import { type Config, loadConfig, unknownSettings } from './config/index.ts';

/** A part that hangs must not keep the process: the exit code then says so. */
const GIVE_UP_MS = 15_000;

// What this process writes, the database above all, is for its owner alone.
process.umask(0o077);
const stopAsked = signalled();
let config: Config | undefined;
try {
  config = loadConfig();
  const logger = createLogger(
    config.logLevel,
    process.stdout.isTTY ? terminalLog(process.stdout) : undefined,
  );
  for (const name of unknownSettings()) logger.warn({ name }, 'environment variable means nothing here');
  const server = await startServer(config, logger);
  void stopAsked.then(() => stop(server));
  greet(server);
} catch (error) {
  process.stderr.write(`${explainStartFailure(error, config)}\n`);
  process.exit(1);
}

function greet(server: RunningServer): void {
  // The key opens everything: it stays out of logs that a supervisor keeps.
  const consoleUrl = process.stdout.isTTY ? server.consoleUrl : server.consoleUrl.replace(/#.*/, '');
  print([
    '一目 Yimu 已启动 (is running)',
    server.hasPages
      ? `  页面 pages     ${server.h5Url}${server.h5LanUrl === undefined ? '' : `  (局域网 LAN ${server.h5LanUrl})`}`
      : '  页面 pages     尚未构建：npm run build (not built)',
    `  控制台 console  ${consoleUrl}`,
    `  国标 GB28181   ${server.sip.host}:${String(server.sip.port)} UDP/TCP, ID ${server.sip.id}, 域 domain ${server.sip.domain}`,
    ...(server.trialOnline ? ['  试用摄像机正在上线… (trial cameras are coming online)'] : []),
  ]);
  void server.trialOnline?.then((online) => {
    if (online) print([`试用摄像机已上线，请打开 (trial cameras are online, open)  ${server.h5Url}`]);
  });
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Resolves at the first SIGINT or SIGTERM; a terminal and a wrapper may both send one. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      AbortSignal.timeout(GIVE_UP_MS).addEventListener('abort', () => process.exit(1));
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

async function stop(server: RunningServer): Promise<void> {
  await server.stop();
  print(['一目 Yimu 已停止 (has stopped)']);
  process.exit(0);
}
