module.exports = {
  extension: ['ts'],
  'node-option': ['import=tsx'],
  reporter: 'tests/support/plain-reporter.cjs',
  checkLeaks: true,
  forbidOnly: Boolean(process.env.CI),
  timeout: 10000,
};
