import { plainCalls } from '../plain/calls';
import type { Shape } from '../plain/calls';
import { serveLoop } from '../processes/serve-loop';
import { untilItWorks } from './engine';
import { load } from './packages';

/** What is used of `@dbos-inc/dbos-sdk`. */
interface Dbos {
  setConfig(config: object): void;
  launch(): Promise<void>;
  registerWorkflow<Argument>(
    workflow: (argument: Argument) => Promise<void>,
    config: { name: string },
  ): (argument: Argument) => Promise<void>;
  runStep(step: () => Promise<void>, config: { name: string }): Promise<void>;
  startWorkflow<Argument>(
    workflow: (argument: Argument) => Promise<void>,
    params: { workflowID: string },
  ): (argument: Argument) => Promise<{ getResult(): Promise<void> }>;
}

/** The same calls as the bare saga's, each a step of DBOS. */
async function main(): Promise<void> {
  const { DBOS } = load('@dbos-inc/dbos-sdk') as { DBOS: Dbos };
  const calls = plainCalls(process.env);
  const workflow = DBOS.registerWorkflow(
    async (refund: Shape) => {
      for (const name of ['preflight', 'refundLoyalty', 'refundSale', 'refundCash'] as const)
        await DBOS.runStep(() => calls[name](refund), { name });
    },
    { name: 'refund' },
  );
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: process.env.DBOS_SYSTEM_DATABASE_URL,
    logLevel: 'error',
    runAdminServer: false,
  });
  await untilItWorks(() => DBOS.launch());
  serveLoop(async (refund) => {
    const handle = await DBOS.startWorkflow(workflow, { workflowID: refund.refundId })(refund);
    await handle.getResult();
  });
}

void main();
