import assert from 'node:assert/strict';
import { AlreadyRunningError } from '../../../bff/src/app/control-file.ts';
import { explainStartFailure } from '../../../bff/src/app/start-failure.ts';
import { ConfigError, loadConfig } from '../../../bff/src/config/index.ts';

const CONFIG = loadConfig({});

function systemError(code: string, facts: Record<string, unknown>): Error {
  return Object.assign(new Error(`${String(facts['syscall'])} ${code}`), { code, ...facts });
}

describe('a start that fails', () => {
  for (const [port, setting] of [
    [8_080, 'YIMU_HTTP_PORT'],
    [5_060, 'YIMU_SIP_PORT'],
    [8_090, 'YIMU_MEDIA_HTTP_PORT'],
  ] as const) {
    it(`on port ${port} that is taken names ${setting}`, () => {
      const text = explainStartFailure(systemError('EADDRINUSE', { syscall: 'listen', port }), CONFIG);
      assert.match(
        text,
        new RegExp(`端口 ${port} 已被占用.*${setting}[\\s\\S]*Port ${port} is taken.*${setting}`),
      );
      assert.doesNotMatch(text, / at .*\.ts:/);
    });
  }

  it('in the media thread is known by its text alone', () => {
    const error = new Error('listen EADDRINUSE: address already in use 0.0.0.0:8090');
    assert.match(explainStartFailure(error, CONFIG), /Port 8090 is taken.*YIMU_MEDIA_HTTP_PORT/);
    const wrapped = new Error('the media thread', { cause: error });
    assert.match(explainStartFailure(wrapped, CONFIG), /Port 8090 is taken/);
  });

  it('names every setting that has the port, or none', () => {
    const twice = loadConfig({ YIMU_HTTP_PORT: '7000', YIMU_MEDIA_HTTP_PORT: '7000' });
    const error = systemError('EADDRINUSE', { syscall: 'listen', port: 7_000 });
    assert.match(explainStartFailure(error, twice), /YIMU_HTTP_PORT \/ YIMU_MEDIA_HTTP_PORT/);
    assert.match(explainStartFailure(error, CONFIG), /Port 7000 is taken/);
  });

  it('for want of rights says which', () => {
    const port = systemError('EACCES', { syscall: 'listen', port: 80 });
    const config = loadConfig({ YIMU_HTTP_PORT: '80' });
    assert.match(
      explainStartFailure(port, config),
      /没有权限使用端口 80[\s\S]*YIMU_HTTP_PORT to one above 1023/,
    );
    const file = systemError('EACCES', { syscall: 'mkdir', path: '/var/yimu' });
    assert.match(explainStartFailure(file, CONFIG), /\/var\/yimu.*EACCES[\s\S]*YIMU_DATA_DIR/);
  });

  it('because another server runs says where', () => {
    const other = new AlreadyRunningError(
      { url: 'http://127.0.0.1:8080', key: 'k', pid: 77, sip: { host: '', port: 0, id: '', domain: '' } },
      '/data',
    );
    assert.match(
      explainStartFailure(other, CONFIG),
      /\/data.*77[\s\S]*Stop it, or name another YIMU_DATA_DIR/,
    );
  });

  it('by its configuration lists every fault', () => {
    const error = new ConfigError(['YIMU_HTTP_PORT must be a port number', 'YIMU_TRIAL is wrong']);
    const text = explainStartFailure(error, undefined);
    assert.match(text, /配置有误[\s\S]*YIMU_HTTP_PORT must[\s\S]*YIMU_TRIAL is wrong/);
  });

  it('for another reason shows the stack, without secrets', () => {
    const text = explainStartFailure(new Error('mysql://root:hunter2@db/yimu does not answer'), CONFIG);
    assert.match(text, /does not answer\n +at /);
    assert.doesNotMatch(text, /hunter2/);
    assert.equal(explainStartFailure('just a text', CONFIG), 'just a text');
  });
});
