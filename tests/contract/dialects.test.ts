import assert from 'node:assert/strict';
import { type CoreScript, ScriptedCore } from '../support/core/scripted-core.ts';
import { withHttp } from '../support/http-server.ts';
import { DIALECTS_UNDER_TEST, type DialectUnderTest } from './dialects-under-test.ts';
import {
  type ContractCase,
  type ContractRequest,
  dialectFolders,
  type Manifest,
  readCases,
  readManifest,
} from './fixtures.ts';

describe('the dialects', () => {
  it('each have their fixtures, and no fixtures are left over', () => {
    assert.deepEqual(dialectFolders(), DIALECTS_UNDER_TEST.map(({ name }) => name).sort());
  });
});

for (const dialect of DIALECTS_UNDER_TEST) {
  const manifest = readManifest(dialect.name);
  const files = readCases(dialect.name);
  const cases = [...files.values()].flat();

  for (const [file, ofFile] of files) {
    describe(`the ${dialect.name} dialect: ${file.replace(/\.json$/, '')}`, () => {
      for (const one of ofFile) {
        it(one.title, async () => {
          await check(dialect, manifest, one);
        });
      }
    });
  }

  describe(`the fixtures of the ${dialect.name} dialect`, () => {
    const routes = dialect.make(new ScriptedCore({}).core).routes;

    it('have a success of every endpoint', () => {
      const successful = new Set(cases.filter(isSuccess).map(({ request }) => request.path));
      const missing = routes
        .map(({ path }) => path)
        .filter((path) => !successful.has(path) && manifest.neverSucceed[path] === undefined);
      assert.deepEqual(missing, []);
    });

    it('have every refusal that an endpoint can answer', () => {
      const answers = cases.map(({ response }) => JSON.stringify(response.body));
      const { ofCore, own } = dialect.refusals;
      const missing = [...Object.values(ofCore), ...own.map(({ refusal }) => refusal)]
        .filter(({ code, message }) => manifest.unreachable[`${code} ${message}`] === undefined)
        .filter(({ code, message }) => !answers.some((body) => body.includes(code) && body.includes(message)))
        .map(({ code, message }) => `${code} ${message}`);
      assert.deepEqual([...new Set(missing)], []);
    });

    it('have titles of their own', () => {
      const titles = cases.map(({ title }) => title);
      assert.equal(new Set(titles).size, titles.length);
    });

    function isSuccess({ core, response }: ContractCase): boolean {
      const isRefused = (core ?? []).some(
        (part) =>
          typeof part !== 'string' &&
          Object.values(part).some((does) => 'refuses' in does || 'breaks' in does),
      );
      const isRefusal = dialect.refusals.own
        .map(({ refusal }) => refusal)
        .concat(Object.values(dialect.refusals.ofCore))
        .some(({ code }) => JSON.stringify(response.body).includes(`"${code}"`));
      return response.status < 300 && !isRefused && !isRefusal;
    }
  });
}

async function check(dialect: DialectUnderTest, manifest: Manifest, one: ContractCase): Promise<void> {
  const scripted = new ScriptedCore(scriptOf(one, manifest));
  await withHttp({ dialects: [dialect.make(scripted.core)] }, async ({ url }) => {
    const response = await fetch(url + target(one.request), {
      method: one.request.method ?? 'POST',
      ...bodyOf(one.request),
    });
    const text = await response.text();
    const { status, headers = {}, body } = one.response;
    assert.deepEqual(
      { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) },
      { status, body },
    );
    for (const [name, value] of Object.entries({
      'content-type': 'application/json; charset=utf-8',
      ...headers,
    }))
      if (text !== '') assert.equal(response.headers.get(name), value, name);
  });
  for (const [path, args] of Object.entries(one.asks ?? {})) {
    const call = scripted.calls.findLast((made) => made.path === path);
    assert.ok(call, `${path} was not called`);
    assert.deepEqual(JSON.parse(JSON.stringify(call.args)), args);
  }
}

function scriptOf({ core = [] }: ContractCase, manifest: Manifest): CoreScript {
  const parts = core.map((part) => {
    const script = typeof part === 'string' ? manifest.core[part] : part;
    assert.ok(script, `the manifest has no part ${JSON.stringify(part)}`);
    return script;
  });
  return Object.assign({}, ...parts) as CoreScript;
}

function target({ path, query }: ContractRequest): string {
  return query === undefined ? path : `${path}?${new URLSearchParams(query).toString()}`;
}

function bodyOf(request: ContractRequest): {
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | FormData | Uint8Array<ArrayBuffer> | string;
} {
  const { form, multipart, json, raw } = request;
  const headers = { ...request.headers };
  if (form) return { headers, body: new URLSearchParams(form) };
  if (multipart) {
    const body = new FormData();
    for (const [name, value] of Object.entries(multipart)) body.set(name, value);
    return { headers, body };
  }
  if (json !== undefined)
    return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(json) };
  if (!raw) return { headers };
  const type = raw.type === undefined ? {} : { 'content-type': raw.type };
  // Bytes, since fetch would give a text a content type of its own.
  return { headers: { ...headers, ...type }, body: new TextEncoder().encode(raw.body) };
}
