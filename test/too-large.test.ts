import { isOfSize } from '../src/client/hanging';

test.each([
  ['category=WorkflowTaskFailed, cause=WorkflowTaskFailedCausePayloadsTooLarge', true],
  ['category=WorkflowTaskFailed, cause=WorkflowTaskFailedCauseGrpcMessageTooLarge', true],
  ['cause=PAYLOADS_TOO_LARGE', true],
  ['cause=GRPC_MESSAGE_TOO_LARGE', true],
  ['category=WorkflowTaskFailed, cause=WorkflowTaskFailedCauseNonDeterministicError', false],
])('a task that fails by "%s" is one that healing cannot help: %s', (problem, expected) => {
  expect(isOfSize(problem)).toBe(expected);
});
