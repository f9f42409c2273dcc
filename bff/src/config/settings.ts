import { z } from 'zod';
import {
  databaseUrl,
  dialects,
  gbId,
  host,
  httpUrl,
  mediaTransports,
  onOff,
  port,
  portRange,
  sipDomain,
  wholeNumber,
  words,
} from './values.ts';

/** One environment variable: its name, how its text is read, and what holds when it is absent. */
export interface Setting<T> {
  readonly env: string;
  readonly schema: z.ZodType<T, string>;
  /** Text that holds when the variable is absent or empty; `undefined`: the setting is then absent. */
  readonly fallback: string | undefined;
  /** What it is for, in English and in Chinese. */
  readonly about: readonly [english: string, chinese: string];
  /** It holds a password: whoever writes it down keeps it to himself. */
  readonly secret?: true;
}

function required<T>(
  env: string,
  schema: z.ZodType<T, string>,
  fallback: string,
  about: Setting<T>['about'],
): Setting<T> {
  return { env, schema, fallback, about };
}

function optional<T>(
  env: string,
  schema: z.ZodType<T, string>,
  about: Setting<T>['about'],
): Setting<T | undefined> {
  return { env, schema, fallback: undefined, about };
}

/** Every setting of the server. The documentation is generated from this table. */
export const SETTINGS = {
  httpPort: required('YIMU_HTTP_PORT', port, '8080', [
    'Port of the HTTP APIs, the pages and the operator API (0 = any free port).',
    'HTTP 接口、页面与运维接口的端口（0 表示任意空闲端口）。',
  ]),
  httpHost: required('YIMU_HTTP_HOST', host, '0.0.0.0', [
    'Address on which HTTP and media delivery listen.',
    'HTTP 与媒体分发的监听地址。',
  ]),
  publicUrl: optional('YIMU_PUBLIC_URL', httpUrl, [
    'URL under which clients reach the HTTP port when a proxy with TLS stands in front.',
    '前置 TLS 代理时，客户端访问 HTTP 端口所用的 URL。',
  ]),
  sipPort: required('YIMU_SIP_PORT', port, '5060', [
    'SIP port, UDP and TCP (0 = any free port).',
    'SIP 端口，UDP 与 TCP 共用（0 表示任意空闲端口）。',
  ]),
  sipHost: optional('YIMU_SIP_HOST', host, [
    'Address that is told to devices for SIP and media. Absent: the first non-internal IPv4 address, or 127.0.0.1.',
    '告知设备的 SIP 与媒体地址。缺省为本机第一个非回环 IPv4 地址，没有则为 127.0.0.1。',
  ]),
  sipBindHost: required('YIMU_SIP_BIND_HOST', host, '0.0.0.0', [
    'Address on which SIP listens and from which its answers leave. With several network cards name the one that devices are told: some drop answers that come from another.',
    'SIP 监听并由其发出应答的地址。多网卡时请填告知设备的那一个，部分设备会丢弃来自其他地址的应答。',
  ]),
  sipId: required('YIMU_SIP_ID', gbId, '34020000002000000001', [
    'GB/T 28181 ID of this platform, 20 digits.',
    '本平台的国标编码，20 位数字。',
  ]),
  sipDomain: required('YIMU_SIP_DOMAIN', sipDomain, '3402000000', [
    'SIP domain, also the digest realm. Changing it makes every stored device password void.',
    'SIP 域，同时是摘要认证的 realm。修改后所有已保存的设备密码失效。',
  ]),
  rtpPorts: required('YIMU_RTP_PORTS', portRange, '30000-30500', [
    'Ports on which cameras send media.',
    '接收摄像机媒体的端口范围。',
  ]),
  rtmpPort: required('YIMU_RTMP_PORT', port, '1935', [
    'RTMP port. Reserved: the embedded engine does not serve RTMP yet.',
    'RTMP 端口。预留：内置媒体引擎暂不提供 RTMP。',
  ]),
  mediaHttpPort: required('YIMU_MEDIA_HTTP_PORT', port, '8090', [
    'Port on which the media worker serves HTTP-FLV and WS-FLV.',
    '媒体工作线程提供 HTTP-FLV 与 WS-FLV 的端口。',
  ]),
  mediaPublicUrl: optional('YIMU_MEDIA_PUBLIC_URL', httpUrl, [
    'URL under which players reach the media port when a proxy stands in front.',
    '前置代理时，播放器访问媒体端口所用的 URL。',
  ]),
  media: required('YIMU_MEDIA', z.enum(['embedded']), 'embedded', [
    'Media server: `embedded` runs in the same process.',
    '媒体服务：`embedded` 表示内置于本进程。',
  ]),
  mediaTransports: required('YIMU_MEDIA_TRANSPORTS', mediaTransports, 'udp,tcp-passive', [
    'How cameras are asked to send media: udp, tcp-passive, tcp-active. A later one follows when a camera refuses the former, or consents and sends nothing; what worked is remembered.',
    '邀请摄像机发送媒体的方式：udp、tcp-passive、tcp-active。摄像机拒绝前一种，或同意后没有送来媒体时，改用后一种，并记住可用的方式。',
  ]),
  dataDir: required('YIMU_DATA_DIR', z.string().min(1), '.yimu', [
    'Directory of the database file, the generated keys and the control file.',
    '数据库文件、自动生成的密钥与控制文件所在目录。',
  ]),
  databaseUrl: {
    ...optional('YIMU_DATABASE_URL', databaseUrl, [
      '`mysql://user:password@host:3306/database`. Absent: SQLite in the data directory.',
      '`mysql://用户:密码@主机:3306/库名`。缺省为数据目录中的 SQLite。',
    ]),
    secret: true,
  },
  production: required(
    'NODE_ENV',
    z.string().transform((text) => text === 'production'),
    'development',
    ['`production` outside trials: no simulated cameras.', '正式环境设为 `production`：不启动模拟摄像机。'],
  ),
  trial: optional('YIMU_TRIAL', onOff, [
    'Simulated trial cameras. Absent: on, but off in production.',
    '试用设备（模拟摄像机）。缺省开启，正式环境关闭。',
  ]),
  dialects: required('YIMU_DIALECTS', dialects, 'ezviz', [
    'API dialects that are mounted, comma-separated.',
    '启用的接口方言，以逗号分隔。',
  ]),
  trustedProxies: required('YIMU_TRUSTED_PROXIES', words, '', [
    'Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed, comma-separated.',
    '其 X-Forwarded-For 与 X-Forwarded-Proto 可信的代理地址，以逗号分隔。',
  ]),
  sipMessagesPerSecond: required('YIMU_SIP_MESSAGES_PER_SECOND', wholeNumber(1, 1_000_000), '200', [
    'SIP messages per second that one source address may send; more are dropped and counted.',
    '单个来源地址每秒允许的 SIP 消息数；超出部分丢弃并计数。',
  ]),
  sipSha256: required('YIMU_SIP_SHA256', onOff, 'off', [
    'Devices are offered SHA-256 beside MD5 for their digest (RFC 7616). Old ones choke on two challenges.',
    '注册时同时提供 SHA-256 与 MD5 两种摘要（RFC 7616）。部分旧设备不能处理两个质询。',
  ]),
  logLevel: required(
    'YIMU_LOG_LEVEL',
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    'info',
    ['Level of the log: trace, debug, info, warn, error, silent.', '日志级别。'],
  ),
} as const;

/** The settings as the composer reads them. */
export type Config = {
  readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never;
};
