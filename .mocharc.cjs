module.exports = {
  extension: ['ts'],
  'node-option': ['import=tsx'],
  reporter: 'tests/support/plain-reporter.cjs',
  checkLeaks: true,
  // TypeORM keeps its registry in a global.
  global: ['typeormMetadataArgsStorage'],
  forbidOnly: Boolean(process.env.CI),
  timeout: 10000,
};
