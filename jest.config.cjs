/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Dynamic imports name files as Node will find them when they are built.
  moduleNameMapper: { '^(.*/(?:inbox|reading|tracing)/[a-z-]+)\\.js$': '$1' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Jest cannot `require` an ES module as Node does, so jose is made one that it can.
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
    '/node_modules/jose/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Patience for a machine that has much else to do, not a claim about speed.
  testTimeout: 180_000,
  // Most tests wait for timers and sockets, so two at once cost little more than one.
  maxWorkers: 2,
};
