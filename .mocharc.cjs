module.exports = {
  extension: ['ts'],
  'node-option': ['import=tsx'],
  reporter: 'tests/support/plain-reporter.cjs',
  checkLeaks: true,
  // TypeORM keeps its registry in a global.
  global: ['typeormMetadataArgsStorage'],
  forbidOnly: Boolean(process.env.CI),
  // Against tests that hang, not a measure of speed: other suites run beside.
  timeout: 30000,
};
