import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { plainCalls } from '../plain/calls';
import { bareActivities } from './activities';

/** The worker of the bare saga, with the SDK's own settings. */
async function main(): Promise<void> {
  const logger = new DefaultLogger('WARN');
  Runtime.install({ logger });
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('./workflow'), logger });
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '' });
  const worker = await Worker.create({
    connection,
    taskQueue: process.env.BARE_TASK_QUEUE ?? '',
    workflowBundle: { code },
    activities: bareActivities(plainCalls(process.env)),
  });
  process.stdout.write('ready\n');
  await worker.run();
  await connection.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
