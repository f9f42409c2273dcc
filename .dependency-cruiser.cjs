'use strict';

/** A layer of bff/src may use itself and what is named; the rest is a step up or sideways. */
const layer = (name, mayUse) => ({
  name: `layer-${name.replace('/', '-')}`,
  severity: 'error',
  comment: `${name} may use: ${mayUse.join(', ') || 'nothing'}. Move the code down, or take a port.`,
  from: { path: `^bff/src/${name}/` },
  to: { path: '^bff/src/', pathNot: `^bff/src/(${[name, ...mayUse].join('|')})/` },
});

/** Outsiders enter a layer through its index only. */
const face = (name) => ({
  name: `face-${name}`,
  severity: 'error',
  comment: `Import bff/src/${name}/index.ts: a layer has one public face.`,
  from: { path: '^bff/src/', pathNot: `^bff/src/${name}/` },
  to: { path: `^bff/src/${name}/`, pathNot: `^bff/src/${name}/index\\.ts$` },
});

/** npm packages by place. */
const packages = (name, path, allowed) => ({
  name: `packages-${name}`,
  severity: 'error',
  comment: `${path} may use only these packages: ${allowed.join(', ') || 'none'}.`,
  from: { path },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
    pathNot: allowed.length > 0 ? `node_modules/(${allowed.join('|')})/` : '^$',
  },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Circles, type imports included.',
      from: {},
      to: { circular: true },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { pathNot: '^tests/' },
      to: { path: '^tests/' },
    },
    {
      name: 'shared-is-ground',
      severity: 'error',
      from: { path: '^shared/' },
      to: { pathNot: '^shared/' },
    },
    {
      name: 'sip-parser-lite-imports-nothing',
      severity: 'error',
      comment: 'Not even node: modules.',
      from: { path: '^bff/sip-parser-lite/src' },
      to: { pathNot: '^bff/sip-parser-lite/src' },
    },
    {
      name: 'simulator-stands-alone',
      severity: 'error',
      comment:
        'The simulator shares sip-parser-lite with the server and nothing else, so that both cannot be wrong together.',
      from: { path: '^bff/simulator/' },
      to: { path: '^(bff/src|shared|miniprogram)/' },
    },
    {
      name: 'miniprogram-uses-shared-only',
      severity: 'error',
      from: { path: '^miniprogram/src' },
      to: {
        pathNot: '^(miniprogram/src|shared/src|node_modules/(tdesign-miniprogram|miniprogram-api-typings))',
      },
    },
    layer('kernel', []),
    layer('sip', ['kernel']),
    layer('gb28181', ['kernel', 'sip']),
    layer('media-engine', ['kernel']),
    layer('core', ['kernel']),
    layer('config', ['kernel']),
    layer('adapters/signalling', ['kernel', 'sip', 'gb28181', 'core']),
    layer('adapters/media', ['kernel', 'media-engine', 'core']),
    layer('adapters/persistence', ['kernel', 'core']),
    layer('adapters/files', ['kernel', 'core']),
    layer('http', ['kernel', 'core']),
    {
      name: 'dialects-are-blind-to-each-other',
      severity: 'error',
      from: { path: '^bff/src/http/dialects/([^/]+)/' },
      to: { path: '^bff/src/http/dialects/', pathNot: '^bff/src/http/dialects/$1/' },
    },
    {
      name: 'dialects-use-kit-and-core',
      severity: 'error',
      from: { path: '^bff/src/http/dialects/' },
      to: { path: '^bff/src/http/', pathNot: '^bff/src/http/(dialects|dialect-kit)/' },
    },
    ...['kernel', 'sip', 'gb28181', 'media-engine', 'core', 'http', 'config'].map(face),
    packages('kernel', '^bff/src/kernel/', ['@yimu']),
    packages('sip', '^bff/src/sip/', ['sip-parser-lite']),
    packages('gb28181', '^bff/src/gb28181/', ['iconv-lite', '@yimu']),
    // The thread's bootstrap alone loads TypeScript for it.
    packages('media-engine', '^bff/src/media-engine/(?!worker/bootstrap)', [
      'ws',
      '@types/ws',
      'mpg123-decoder',
    ]),
    packages('core', '^bff/src/core/', ['@yimu']),
    packages('config', '^bff/src/config/', ['zod']),
    packages('persistence', '^bff/src/adapters/persistence/', ['typeorm', 'mysql2', 'libsql']),
    {
      name: 'typeorm-only-in-persistence',
      severity: 'error',
      from: { path: '^bff/src/', pathNot: '^bff/src/adapters/persistence/' },
      to: { path: 'node_modules/(typeorm|mysql2|libsql)/' },
    },
    {
      name: 'koa-only-in-http',
      severity: 'error',
      from: { path: '^bff/src/', pathNot: '^bff/src/http/' },
      to: { path: 'node_modules/(koa|@koa)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|tests/fixtures)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
