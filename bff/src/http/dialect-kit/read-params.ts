import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import type { Clock } from '../../kernel/index.ts';
import { Params } from './params.ts';
import { BodyFault, readBody } from './read-body.ts';

const LIMITS = { fields: 100, nameBytes: 100, valueBytes: 16_384 };
/** RFC 2046 §5.1.1: a boundary has at most 70 characters. */
const FIRST_PART = /^--([^\r\n]{1,70})\r?\ncontent-disposition:\s*form-data/i;

/** Reads query and body (urlencoded, multipart or a flat JSON object) into one set; the body wins. Bounded in every way. */
export async function readParams(request: IncomingMessage, query: string, clock: Clock): Promise<Params> {
  const values = new Map<string, string>();
  takeAll(values, new URLSearchParams(query));
  const body = await readBody(request, clock);
  if (body.length > 0) await takeBody(values, body, request.headers['content-type'] ?? '');
  return new Params(values);
}

async function takeBody(values: Map<string, string>, body: Buffer, contentType: string): Promise<void> {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  // Clients send multipart under wrong names and without boundary: what the body begins with counts.
  const boundary = FIRST_PART.exec(body.toString('latin1', 0, 256))?.[1];
  if (boundary !== undefined) await takeMultipart(values, body, boundary);
  else if (type === 'multipart/form-data') throw new BodyFault('the multipart body is malformed');
  else if (type === 'application/json') takeJson(values, textOf(body));
  else takeAll(values, new URLSearchParams(textOf(body)));
}

function takeAll(values: Map<string, string>, pairs: URLSearchParams): void {
  for (const [name, value] of pairs) take(values, name, value);
}

function take(values: Map<string, string>, name: string, value: string): void {
  if (values.size >= LIMITS.fields && !values.has(name)) throw new BodyFault('too many parameters');
  if (name.length > LIMITS.nameBytes || value.length > LIMITS.valueBytes)
    throw new BodyFault('a parameter is too long');
  values.set(name, value);
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BodyFault('the body is no UTF-8');
  }
}

function takeJson(values: Map<string, string>, text: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BodyFault('the body is no JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new BodyFault('the body is no object');
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      take(values, name, String(value));
  }
}

function takeMultipart(values: Map<string, string>, body: Buffer, boundary: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const parser = busboy({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary.replace(/(["\\])/g, '\\$1')}"` },
      defParamCharset: 'utf8',
      limits: {
        fields: LIMITS.fields,
        fieldNameSize: LIMITS.nameBytes,
        fieldSize: LIMITS.valueBytes,
        files: 0,
        parts: LIMITS.fields,
      },
    });
    // The parser gives no value at all for a charset that it does not know.
    parser.on('field', (name, value: string | undefined, { nameTruncated, valueTruncated }) => {
      if (value === undefined) parser.destroy(new BodyFault('a part has an unknown charset'));
      else if (nameTruncated || valueTruncated || name.length > LIMITS.nameBytes)
        parser.destroy(new BodyFault('a parameter is too long'));
      else values.set(name, value);
    });
    for (const limit of ['fieldsLimit', 'partsLimit'] as const)
      parser.on(limit, () => {
        parser.destroy(new BodyFault('too many parameters'));
      });
    parser.on('error', (error) => {
      reject(error instanceof BodyFault ? error : new BodyFault('the multipart body is malformed'));
    });
    parser.on('close', resolve);
    parser.end(body);
  });
}
