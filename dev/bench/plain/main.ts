import { serveLoop } from '../processes/serve-loop';
import { plainCalls } from './calls';

/** No engine: the calls of a refund in sequence, and nothing that would survive a crash. */
const calls = plainCalls(process.env);

serveLoop(async (refund) => {
  await calls.preflight(refund);
  await calls.refundLoyalty(refund);
  await calls.refundSale(refund);
  await calls.refundCash(refund);
});
