import { type Config, ConfigError, SETTINGS } from '../config/index.ts';
import { AlreadyRunningError } from './control-file.ts';
import { maskSecrets } from './mask-secrets.ts';

const PORTS = ['httpPort', 'sipPort', 'mediaHttpPort'] as const;

/** Why the server did not start and what to do, for the person who started it; in Chinese and English. */
export function explainStartFailure(error: unknown, config: Config | undefined): string {
  if (error instanceof ConfigError) return `配置有误，未能启动。\n${error.message}`;
  if (error instanceof AlreadyRunningError) {
    const { path, pid, url } = error;
    return [
      `数据目录 ${path} 上已有服务在运行（进程 ${String(pid)}，${url}）。请先停止它，或用 YIMU_DATA_DIR 指定另一个目录。`,
      `A server runs on ${path} already (process ${String(pid)}, ${url}). Stop it, or name another YIMU_DATA_DIR.`,
    ].join('\n');
  }
  const system = systemErrorOf(error);
  if (config && system?.code === 'EADDRINUSE') return portTaken(system, config);
  if (config && system?.code === 'EACCES' && system.syscall === 'listen')
    return portForbidden(system, config);
  if (config && system?.path !== undefined && system.code !== undefined) return fileTrouble(system, config);
  return maskSecrets(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function portTaken(error: NodeJS.ErrnoException, config: Config): string {
  const { port, setting } = portOf(error, config);
  return [
    `端口 ${port} 已被占用，未能启动。请停止占用它的程序，或用 ${setting} 换一个端口（0 表示任意空闲端口）。`,
    `Port ${port} is taken. Stop the program that has it, or set ${setting} to another port (0 = any free one).`,
  ].join('\n');
}

function portForbidden(error: NodeJS.ErrnoException, config: Config): string {
  const { port, setting } = portOf(error, config);
  return [
    `没有权限使用端口 ${port}，未能启动。请用 ${setting} 换一个 1024 以上的端口。`,
    `Port ${port} is not allowed to this user. Set ${setting} to one above 1023.`,
  ].join('\n');
}

function fileTrouble({ path, code }: NodeJS.ErrnoException, config: Config): string {
  return [
    `无法使用文件 ${path ?? ''}（${code ?? ''}），未能启动。请检查 YIMU_DATA_DIR（${config.dataDir}）的权限与磁盘空间。`,
    `The file ${path ?? ''} cannot be used (${code ?? ''}). See the rights and the space of YIMU_DATA_DIR (${config.dataDir}).`,
  ].join('\n');
}

function portOf(
  error: NodeJS.ErrnoException,
  config: Config,
): { readonly port: string; readonly setting: string } {
  // Some errors carry the port as a field, those of a worker thread in their text alone.
  const field = (error as { readonly port?: unknown }).port;
  const port = typeof field === 'number' ? String(field) : /:(\d{1,5})\b/.exec(error.message)?.[1];
  const names = PORTS.filter((name) => String(config[name]) === port).map((name) => SETTINGS[name].env);
  return { port: port ?? '?', setting: names.length > 0 ? names.join(' / ') : 'YIMU_…_PORT' };
}

/** The error of the operating system behind an error, by its causes; its code may stand in its text alone. */
function systemErrorOf(error: unknown): NodeJS.ErrnoException | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const system: NodeJS.ErrnoException = at;
    if (system.code !== undefined && system.syscall !== undefined) return system;
    if (at.message.includes('EADDRINUSE'))
      return Object.assign(new Error(at.message), { code: 'EADDRINUSE' });
  }
  return undefined;
}
