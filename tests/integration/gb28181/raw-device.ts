import { createHash } from 'node:crypto';
import type { SipPeer } from './sip-peer.ts';
import { Received } from './sip-peer.ts';

/** Where a platform is. */
export interface PlatformPlace {
  readonly port: number;
  readonly id: string;
  readonly domain: string;
}

/** What a request of a device may have beside the usual. */
export interface RequestOptions {
  readonly headers?: readonly string[];
  readonly body?: Buffer | string;
  /** Lines of the head by name that replace the usual ones; `''` leaves one out. */
  readonly instead?: Readonly<Record<string, string>>;
  readonly sequence?: number;
}

/** What a registration may have beside the usual. */
export interface RegisterOptions {
  readonly password?: string;
  readonly expires?: number;
  readonly headers?: readonly string[];
  readonly qop?: boolean;
  readonly instead?: Readonly<Record<string, string>>;
}

let serial = 0;

/** A device in plain text over one socket: says what a test tells it to say, and nothing by itself. */
export class RawDevice {
  readonly id: string;
  readonly peer: SipPeer;
  readonly #platform: PlatformPlace;
  readonly #password: string;

  constructor(platform: PlatformPlace, peer: SipPeer, id: string, password: string) {
    this.#platform = platform;
    this.peer = peer;
    this.id = id;
    this.#password = password;
  }

  /** Another device behind the same socket. */
  as(id: string): RawDevice {
    return new RawDevice(this.#platform, this.peer, id, this.#password);
  }

  /** The octets of a request outside any dialog. */
  request(method: string, options: RequestOptions = {}): Buffer {
    serial += 1;
    const { id, domain } = this.#platform;
    const { transport, address, port } = this.peer;
    const target = method === 'REGISTER' ? this.id : id;
    const sequence = options.sequence ?? serial;
    return message(`${method} sip:${id}@${domain} SIP/2.0`, {
      lines: {
        Via: `Via: SIP/2.0/${transport} ${address}:${String(port)};rport;branch=z9hG4bKdev${String(serial)}`,
        From: `From: <sip:${this.id}@${domain}>;tag=t${String(serial)}`,
        To: `To: <sip:${target}@${domain}>`,
        'Call-ID': `Call-ID: c${String(serial)}@${address}`,
        CSeq: `CSeq: ${String(sequence)} ${method}`,
        'Max-Forwards': 'Max-Forwards: 70',
        ...options.instead,
      },
      headers: options.headers ?? [],
      body: options.body ?? '',
    });
  }

  /** Sends a request and gives its final response. */
  async ask(method: string, options: RequestOptions = {}): Promise<Received> {
    return await this.exchange(this.request(method, options));
  }

  /** Sends octets and gives the final response with their Call-ID and CSeq. */
  async exchange(bytes: Buffer): Promise<Received> {
    const { start, ...sent } = identity(new Received(bytes));
    this.peer.send(bytes);
    return await this.peer.next(`an answer to ${start}`, (answer) => {
      const its = identity(answer);
      return answer.status >= 200 && its.callId === sent.callId && its.cSeq === sent.cSeq;
    });
  }

  /** Both round trips; the last answer, whatever it is. */
  async register(options: RegisterOptions = {}): Promise<Received> {
    const { expires = 3_600, headers = [] } = options;
    const common = [
      `Contact: <sip:${this.id}@${this.peer.address}:${String(this.peer.port)}>`,
      `Expires: ${String(expires)}`,
      ...headers,
    ];
    const instead = options.instead ?? {};
    const first = await this.ask('REGISTER', { headers: common, instead });
    if (first.status !== 401) return first;
    const authorization = this.proof(first, options);
    return await this.ask('REGISTER', { headers: [...common, authorization], instead });
  }

  /** The Authorization line that answers a challenge. */
  proof(challenge: Received, options: Pick<RegisterOptions, 'password' | 'qop'> = {}): string {
    const { id, domain } = this.#platform;
    const value = challenge.header('WWW-Authenticate') ?? '';
    const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(value)?.[1] ?? '';
    const uri = `sip:${id}@${domain}`;
    const ha1 = md5(`${this.id}:${field('realm')}:${options.password ?? this.#password}`);
    const ha2 = md5(`REGISTER:${uri}`);
    const middle = options.qop === true ? `${field('nonce')}:00000001:0a4f113b:auth` : field('nonce');
    const tail = options.qop === true ? ', qop=auth, nc=00000001, cnonce="0a4f113b"' : '';
    return `Authorization: Digest username="${this.id}", realm="${field('realm')}", nonce="${field('nonce')}", uri="${uri}", response="${md5(`${ha1}:${middle}:${ha2}`)}", algorithm=MD5${tail}`;
  }

  /** Sends a MANSCDP body; the final response. */
  async tell(body: Buffer | string, options: RequestOptions = {}): Promise<Received> {
    const type = 'Content-Type: Application/MANSCDP+xml';
    return await this.ask('MESSAGE', { ...options, headers: [type, ...(options.headers ?? [])], body });
  }

  async keepalive(): Promise<Received> {
    return await this.tell(keepaliveBody(this.id));
  }

  /** Answers a request of the platform. */
  answer(request: Received, status: string, options: AnswerOptions = {}): void {
    this.peer.send(this.response(request, status, options));
  }

  /** The octets of an answer. */
  response(request: Received, status: string, options: AnswerOptions = {}): Buffer {
    const to = request.header('To') ?? '';
    return message(`SIP/2.0 ${status}`, {
      lines: {
        Via: `Via: ${request.header('Via') ?? ''}`,
        From: `From: ${request.header('From') ?? ''}`,
        To: `To: ${to}${to.includes(';tag=') ? '' : `;tag=${options.tag ?? 'dev'}`}`,
        'Call-ID': `Call-ID: ${request.header('Call-ID') ?? ''}`,
        CSeq: `CSeq: ${request.header('CSeq') ?? ''}`,
      },
      headers: options.headers ?? [],
      body: options.body ?? '',
    });
  }

  /** Takes the next query or command, answers 200, and gives it. */
  async takeMessage(cmdType: string): Promise<Received> {
    const request = await this.peer.next(
      `a ${cmdType}`,
      ({ start, text }) => start.startsWith('MESSAGE ') && text.includes(`<CmdType>${cmdType}<`),
    );
    this.answer(request, '200 OK');
    return request;
  }
}

/** What an answer of a device may have beside the usual. */
export interface AnswerOptions {
  readonly headers?: readonly string[];
  readonly body?: Buffer | string;
  /** To tag where there is none yet. */
  readonly tag?: string;
}

/** A message of a start line, lines by name, further lines and a body with its length. */
function message(
  start: string,
  parts: {
    readonly lines: Readonly<Record<string, string>>;
    readonly headers: readonly string[];
    readonly body: Buffer | string;
  },
): Buffer {
  const body = Buffer.from(parts.body as string, 'latin1');
  const { 'Content-Length': length = `Content-Length: ${String(body.length)}`, ...lines } = parts.lines;
  const head = [start, ...Object.values(lines), ...parts.headers, length].filter((line) => line !== '');
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

function identity(of: Received): { readonly start: string; readonly callId: string; readonly cSeq: string } {
  const callId = of.header('Call-ID') ?? of.header('i') ?? '';
  return { start: of.start, callId, cSeq: of.header('CSeq') ?? '' };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** GB/T 28181-2016 annex A.2.5 a. */
export function keepaliveBody(id: string): string {
  return `<?xml version="1.0" encoding="GB2312"?>\r\n<Notify>\r\n<CmdType>Keepalive</CmdType>\r\n<SN>43</SN>\r\n<DeviceID>${id}</DeviceID>\r\n<Status>OK</Status>\r\n</Notify>\r\n`;
}

/** A Catalog answer whose items are given as XML (GB/T 28181-2016 annex A.2.6 c). */
export function catalogueBody(id: string, sn: string, sum: number | string, items: string): string {
  return `<?xml version="1.0" encoding="GB2312"?>\r\n<Response>\r\n<CmdType>Catalog</CmdType>\r\n<SN>${sn}</SN>\r\n<DeviceID>${id}</DeviceID>\r\n<SumNum>${String(sum)}</SumNum>\r\n<DeviceList Num="1">\r\n${items}</DeviceList>\r\n</Response>\r\n`;
}

/** The SN of a query or command. */
export function snOf({ text }: Received): string {
  return /<SN>(\d+)<\/SN>/.exec(text)?.[1] ?? '';
}
