import assert from 'node:assert/strict';
import {
  ConfigError,
  loadConfig,
  renderConfigurationPage,
  renderExampleEnvironment,
  SETTINGS,
  unknownSettings,
} from '../../../bff/src/config/index.ts';

/** What a shell would make of the example file. */
function environmentOf(text: string): Record<string, string> {
  const pairs = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    });
  return Object.fromEntries(pairs);
}

describe('configuration', () => {
  it('has the defaults that the documentation promises', () => {
    const config = loadConfig({});
    assert.equal(config.httpPort, 8080);
    assert.equal(config.sipPort, 5060);
    assert.equal(config.mediaHttpPort, 8090);
    assert.deepEqual(config.rtpPorts, { from: 30_000, to: 30_500 });
    assert.equal(config.dataDir, '.yimu');
    assert.equal(config.databaseUrl, undefined);
    assert.equal(config.trial, undefined);
    assert.equal(config.production, false);
  });

  it('gives the defaults again when the example file is loaded', () => {
    assert.deepEqual(loadConfig(environmentOf(renderExampleEnvironment())), loadConfig({}));
  });

  it('takes an empty variable for an absent one', () => {
    assert.equal(loadConfig({ YIMU_HTTP_PORT: '' }).httpPort, 8080);
  });

  it('reads every form of value', () => {
    const config = loadConfig({
      YIMU_HTTP_PORT: '0',
      YIMU_RTP_PORTS: '40000-40100',
      YIMU_TRIAL: 'off',
      YIMU_PUBLIC_URL: 'https://yimu.example.com/',
      YIMU_DATABASE_URL: 'mysql://u:p@db:3306/yimu',
      YIMU_MEDIA_TRANSPORTS: 'tcp-passive, udp',
      NODE_ENV: 'production',
    });
    assert.equal(config.httpPort, 0);
    assert.deepEqual(config.rtpPorts, { from: 40_000, to: 40_100 });
    assert.equal(config.trial, false);
    assert.equal(config.publicUrl, 'https://yimu.example.com');
    assert.equal(config.databaseUrl, 'mysql://u:p@db:3306/yimu');
    assert.deepEqual(config.mediaTransports, ['tcp-passive', 'udp']);
    assert.equal(config.production, true);
  });

  it('names every fault at once', () => {
    const wrong = {
      YIMU_HTTP_PORT: '70000',
      YIMU_SIP_PORT: 'sip',
      YIMU_RTP_PORTS: '500-400',
      YIMU_SIP_ID: '123',
      YIMU_TRIAL: 'perhaps',
      YIMU_DATABASE_URL: 'postgres://x/y',
      YIMU_MEDIA: 'other',
      YIMU_MEDIA_TRANSPORTS: 'udp,quic',
      YIMU_DIALECTS: 'ezviz,other',
      YIMU_SIP_DOMAIN: 'a domain',
      YIMU_HTTP_HOST: 'http://0.0.0.0',
      YIMU_PUBLIC_URL: 'ftp://yimu.example.com',
      YIMU_MEDIA_PUBLIC_URL: 'yimu.example.com',
      YIMU_SIP_MESSAGES_PER_SECOND: '0',
      YIMU_LOG_LEVEL: 'loud',
    };
    assert.throws(
      () => loadConfig(wrong),
      (error: unknown) =>
        error instanceof ConfigError &&
        Object.keys(wrong).every((name) => error.faults.some((fault) => fault.startsWith(name))),
    );
  });

  it('never repeats a value that it refuses: it may be a password', () => {
    assert.throws(
      () =>
        loadConfig({
          YIMU_DATABASE_URL: 'mysql:user:s3cret@host',
          YIMU_MEDIA: 's3cret',
          YIMU_SIP_ID: 's3cret',
        }),
      (error: unknown) => error instanceof ConfigError && !error.message.includes('s3cret'),
    );
    assert.match(renderConfigurationPage(), /YIMU_DATABASE_URL.*Secret\..*机密。/);
  });

  const ranges: readonly [string, { readonly from: number; readonly to: number } | undefined][] = [
    ['0', { from: 0, to: 0 }],
    ['1024-1024', { from: 1_024, to: 1_024 }],
    ['30000-65535', { from: 30_000, to: 65_535 }],
    ['30000', undefined],
    ['1023-2000', undefined],
    ['30000-65536', undefined],
    ['-1-5', undefined],
    ['0-0', { from: 0, to: 0 }],
  ];
  for (const [text, range] of ranges) {
    it(`takes ${text} for ${range ? 'a' : 'no'} range of ports`, () => {
      const load = (): unknown => loadConfig({ YIMU_RTP_PORTS: text }).rtpPorts;
      if (range) assert.deepEqual(load(), range);
      else assert.throws(load, ConfigError);
    });
  }

  it('reads lists of words with blanks and empty places', () => {
    const config = loadConfig({ YIMU_TRUSTED_PROXIES: ' 10.0.0.1 ,,::1', YIMU_DIALECTS: 'ezviz, ezviz' });
    assert.deepEqual(config.trustedProxies, ['10.0.0.1', '::1']);
    assert.deepEqual(config.dialects, ['ezviz', 'ezviz']);
  });

  it('reads the environment of the process when it is given none', () => {
    assert.equal(loadConfig().sipDomain.length > 0, true);
    assert.ok(Array.isArray(unknownSettings()));
  });

  it('notices names that mean nothing', () => {
    assert.deepEqual(unknownSettings({ YIMU_HTTP_PROT: '1', YIMU_TEST_MYSQL_URL: 'x', PATH: '/bin' }), [
      'YIMU_HTTP_PROT',
    ]);
  });

  it('documents every setting in both languages', () => {
    const page = renderConfigurationPage();
    for (const { env, about } of Object.values(SETTINGS)) {
      assert.ok(page.includes(`\`${env}\``), env);
      assert.ok(
        about.every((text) => text.length > 0),
        env,
      );
      assert.match(about[1], /[\u4e00-\u9fff]/);
    }
  });
});
