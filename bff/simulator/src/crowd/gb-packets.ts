import { createHash } from 'node:crypto';

/** A platform as its devices see it. */
export interface PlatformFacts {
  readonly id: string;
  readonly domain: string;
}

/** Begins the branch of every request of the load; the number of the request follows. */
const BRANCH = 'z9hG4bKcrowd';
const BRANCH_START = Buffer.from(`;branch=${BRANCH}`);
const ZERO = 0x30;

let count = 0;

/** IDs of so many devices, counting up. */
export function deviceIds(howMany: number): string[] {
  return Array.from({ length: howMany }, (_, index) => `34020000001110${String(index + 1).padStart(6, '0')}`);
}

/** A REGISTER; with `authorization` the second one of a registration. */
export function registerPacket(
  platform: PlatformFacts,
  deviceId: string,
  localPort: number,
  authorization?: string,
): Buffer {
  count += 1;
  return packet([
    `REGISTER sip:${platform.id}@${platform.domain} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${String(localPort)};rport;branch=${BRANCH}${String(count)}`,
    `From: <sip:${deviceId}@${platform.domain}>;tag=${deviceId.slice(-6)}`,
    `To: <sip:${deviceId}@${platform.domain}>`,
    `Call-ID: r${deviceId}@127.0.0.1`,
    `CSeq: ${String(count)} REGISTER`,
    `Contact: <sip:${deviceId}@127.0.0.1:${String(localPort)}>`,
    'X-GB-Ver: 2.0',
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    'Max-Forwards: 70',
    'User-Agent: IP Camera',
    'Expires: 3600',
  ]);
}

/** A keepalive (GB/T 28181-2016 §9.6). */
export function keepalivePacket(platform: PlatformFacts, deviceId: string, localPort: number): Buffer {
  return messagePacket(platform, deviceId, localPort, [
    '<Notify>',
    '<CmdType>Keepalive</CmdType>',
    `<SN>${String(count)}</SN>`,
    `<DeviceID>${deviceId}</DeviceID>`,
    '<Status>OK</Status>',
    '</Notify>',
  ]);
}

/** The answer of a camera with one channel to a Catalog or DeviceInfo query; undefined when it is none. */
export function answerPacket(
  platform: PlatformFacts,
  deviceId: string,
  localPort: number,
  query: string,
): Buffer | undefined {
  const type = /<CmdType>(Catalog|DeviceInfo)</.exec(query)?.[1];
  const sn = /<SN>(\d+)</.exec(query)?.[1];
  if (type === undefined || sn === undefined) return undefined;
  const facts =
    type === 'DeviceInfo'
      ? ['<Result>OK</Result>', '<Manufacturer>Acme</Manufacturer>', '<Model>IPC</Model>']
      : [
          '<SumNum>1</SumNum>',
          '<DeviceList Num="1">',
          `<Item><DeviceID>${deviceId.replace('111', '132')}</DeviceID><Name>1</Name><Status>ON</Status></Item>`,
          '</DeviceList>',
        ];
  return messagePacket(platform, deviceId, localPort, [
    '<Response>',
    `<CmdType>${type}</CmdType>`,
    `<SN>${sn}</SN>`,
    `<DeviceID>${deviceId}</DeviceID>`,
    ...facts,
    '</Response>',
  ]);
}

function messagePacket(
  platform: PlatformFacts,
  deviceId: string,
  localPort: number,
  xml: readonly string[],
): Buffer {
  count += 1;
  const body = `<?xml version="1.0" encoding="GB2312"?>\r\n${xml.join('\r\n')}\r\n`;
  const head = [
    `MESSAGE sip:${platform.id}@${platform.domain} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${String(localPort)};rport;branch=${BRANCH}${String(count)}`,
    'Max-Forwards: 70',
    `From: <sip:${deviceId}@${platform.domain}>;tag=${String(count)}`,
    `To: <sip:${platform.id}@${platform.domain}>`,
    `Call-ID: k${String(count)}@127.0.0.1`,
    'CSeq: 20 MESSAGE',
    'User-Agent: IP Camera',
    'Content-Type: Application/MANSCDP+xml',
  ];
  return packet(head, body);
}

function packet(head: readonly string[], body = ''): Buffer {
  return Buffer.from([...head, `Content-Length: ${String(body.length)}`, '', body].join('\r\n'));
}

/** 200 to a request, which is given as text: what has to be copied is copied. */
export function okPacket(request: string, headers: readonly string[] = [], body = ''): Buffer {
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => {
    const line = new RegExp(`^${name}: .*$`, 'm').exec(request)?.[0].trimEnd() ?? '';
    return name === 'To' && !line.includes(';tag=') ? `${line};tag=d1` : line;
  });
  return packet(['SIP/2.0 200 OK', ...copied, ...headers], body);
}

/** 200 to an INVITE for live media (annex F): says yes, under the SSRC that was offered. */
export function acceptPacket(invite: string, deviceId: string, localPort: number): Buffer {
  const line = (name: string): string | undefined =>
    new RegExp(`^${name}=.*$`, 'm').exec(invite)?.[0].trimEnd();
  const body = [
    'v=0',
    `o=${deviceId} 0 0 IN IP4 127.0.0.1`,
    's=Play',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=video 15060 RTP/AVP 96',
    'a=sendonly',
    'a=rtpmap:96 PS/90000',
    line('y') ?? 'y=0000000000',
    '',
  ].join('\r\n');
  const contact = `Contact: <sip:${deviceId}@127.0.0.1:${String(localPort)}>`;
  return okPacket(invite, [contact, 'Content-Type: application/sdp'], body);
}

/** The number of a request of the load, read from the branch of the request itself or of its answer; -1 for others. */
export function requestNumber(message: Buffer): number {
  const at = message.indexOf(BRANCH_START);
  if (at < 0) return -1;
  let number = 0;
  for (let place = at + BRANCH_START.length; ; place += 1) {
    const digit = (message[place] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return number;
    number = number * 10 + digit;
  }
}

/** The value of Authorization that answers a 401 (RFC 2617, with qop when it is offered). */
export function authorizationFor(
  challenge: string,
  deviceId: string,
  password: string,
  platform: PlatformFacts,
): string {
  const field = (name: string): string | undefined =>
    new RegExp(`${name}="?([^",\\r\\n]+)`).exec(challenge)?.[1];
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const realm = field('realm') ?? '';
  const nonce = field('nonce') ?? '';
  const uri = `sip:${platform.id}@${platform.domain}`;
  const ha1 = md5(`${deviceId}:${realm}:${password}`);
  const ha2 = md5(`REGISTER:${uri}`);
  const qop = field('qop') !== undefined;
  const response = qop ? md5(`${ha1}:${nonce}:00000001:0a4f113b:auth:${ha2}`) : md5(`${ha1}:${nonce}:${ha2}`);
  // In the order of a Hikvision camera: tests/fixtures/captured/041-hik-register-qop.sip.
  const tail = qop ? ', cnonce="0a4f113b", qop=auth, nc=00000001' : '';
  return `Digest username="${deviceId}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5${tail}`;
}
