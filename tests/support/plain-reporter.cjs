'use strict';
// Prints failures and skips by name and ends with the line `N passed, N failed, N skipped`.
const { reporters, Runner } = require('mocha');

module.exports = class PlainReporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      for (const test of skipped) {
        console.log(`skipped: ${test.fullTitle()}${test.skipReason ? ` (${test.skipReason})` : ''}`);
      }
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      const { passes = 0, failures = 0, pending = 0 } = this.stats;
      console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }
};
