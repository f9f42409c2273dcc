/**
 * A second reading of SIP, by one regular expression a field, that shares nothing with the parser: good for messages
 * without folding, compact forms, lists and escapes, as those of the fixtures are.
 */

/** What stands in an address: `<sip:user@host:port>;tag=…`. */
export interface NaiveAddress {
  readonly user: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly tag: string | undefined;
}

/** What stands in a message, undefined where there is no such line. */
export interface NaiveMessage {
  readonly startLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly callId: string | undefined;
  readonly cSeq: string | undefined;
  readonly from: NaiveAddress;
  readonly to: NaiveAddress;
  readonly contact: NaiveAddress | undefined;
  readonly via: {
    readonly transport: string | undefined;
    readonly host: string | undefined;
    readonly port: number | undefined;
    readonly branch: string | undefined;
    readonly received: string | undefined;
    readonly rport: number | true | undefined;
  };
  readonly expires: number | undefined;
  readonly maxForwards: number | undefined;
  readonly contentLength: number | undefined;
  readonly contentType: string | undefined;
  /** Parameters of Authorization or WWW-Authenticate by name. */
  readonly digest: ReadonlyMap<string, string> | undefined;
}

function part(text: string | undefined, pattern: RegExp): string | undefined {
  return pattern.exec(text ?? '')?.[1];
}

function number(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function naiveAddress(value: string | undefined): NaiveAddress {
  const host = part(value, /sips?:(?:[^@>]*@)?([^:;>\s]+)/);
  return {
    user: part(value, /sips?:([^@>]*)@/),
    host,
    port: number(part(value, /sips?:(?:[^@>]*@)?[^:;>]+:(\d+)/)),
    tag: part(value, /;tag=([^;\s]+)/),
  };
}

function naiveDigest(value: string | undefined): ReadonlyMap<string, string> | undefined {
  if (value === undefined) return undefined;
  const pairs = value.matchAll(/([a-z]+) *= *(?:"([^"]*)"|([^,\s]+))/gi);
  return new Map(Array.from(pairs, ([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']));
}

/** Reads a message; its head in Latin-1. */
export function naiveMessage(bytes: Buffer): NaiveMessage {
  const text = bytes.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  const [startLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  const value = (name: string): string | undefined =>
    headers.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
  const via = value('Via');
  const rport = part(via, /;rport(=\d+)?(?=;|$)/);
  const contact = value('Contact');
  return {
    startLine,
    headers,
    body: bytes.subarray(headEnd + 4),
    callId: value('Call-ID'),
    cSeq: value('CSeq'),
    from: naiveAddress(value('From')),
    to: naiveAddress(value('To')),
    contact: contact === undefined ? undefined : naiveAddress(contact),
    via: {
      transport: part(via, /^SIP\/2\.0\/(\w+) /),
      host: part(via, /^SIP\/2\.0\/\w+ ([^:;]+)/),
      port: number(part(via, /^SIP\/2\.0\/\w+ [^:;]+:(\d+)/)),
      branch: part(via, /;branch=([^;]+)/),
      received: part(via, /;received=([^;]+)/),
      rport:
        rport === undefined ? (/;rport(;|$)/.test(via ?? '') ? true : undefined) : Number(rport.slice(1)),
    },
    expires: number(value('Expires')),
    maxForwards: number(value('Max-Forwards')),
    contentLength: number(value('Content-Length')),
    contentType: value('Content-Type')?.split(';')[0]?.trim().toLowerCase(),
    digest: naiveDigest(value('Authorization') ?? value('WWW-Authenticate')),
  };
}
