import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run, tryRun } from '../../kubernetes/run';
import { guardAgainstOrphan } from '../../temporal-server/guard';
import { findFreePort } from '../../temporal-server/ports';

/** The programs that the proof is made with. */
export interface Programs {
  helm: string;
  kubectl: string;
  'kube-apiserver': string;
  etcd: string;
}

/** An API server of this process alone: no kubelet, no controllers, so objects are judged and kept, and no pod runs. */
export interface Cluster {
  /** Of its own; it goes when the cluster does. */
  folder: string;
  /** Makes Helm and kubectl talk to it. */
  environment: NodeJS.ProcessEnv;
  /** The end of what its processes wrote. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

const READY_MS = 180_000;

/** Starts etcd and the API server on the loopback address, in a folder of their own. */
export async function startCluster({ etcd, kubectl, ...programs }: Programs): Promise<Cluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-kubernetes-'));
  const [client, peer, secure] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const token = randomUUID();
  await prepare(folder, { token, secure });
  const environment = { ...process.env, KUBECONFIG: path.join(folder, 'config'), HOME: folder };
  const children = [
    await start(folder, etcd, etcdOptions(folder, client, peer)),
    await start(folder, programs['kube-apiserver'], serverOptions(folder, client, secure)),
  ];
  const cluster = {
    folder,
    environment,
    log: () => readFile(path.join(folder, 'log'), 'utf8').then((text) => text.slice(-3_000)),
    async stop() {
      for (const child of children.reverse()) await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  const deadline = Date.now() + READY_MS;
  while (!(await tryRun(kubectl, ['get', '--raw', '/readyz'], { environment })).isOk) {
    if (Date.now() > deadline || children.some(({ exitCode }) => exitCode !== null)) {
      const log = await cluster.log();
      await cluster.stop();
      throw new Error(`The API server did not become ready:\n${log}`);
    }
    await pause(500);
  }
  return cluster;
}

/** Which version the API server says it is. */
export async function versionOf(kubectl: string, { environment }: Cluster): Promise<string> {
  const version = await run(kubectl, ['get', '--raw', '/version'], { environment });
  return (JSON.parse(version) as { gitVersion: string }).gitVersion;
}

async function prepare(folder: string, { token, secure }: { token: string; secure: number }): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'proof',
    contexts: [{ name: 'proof', context: { cluster: 'proof', user: 'proof' } }],
    clusters: [
      {
        name: 'proof',
        cluster: {
          server: `https://127.0.0.1:${secure}`,
          'certificate-authority': path.join(folder, 'apiserver.crt'),
        },
      },
    ],
    users: [{ name: 'proof', user: { token } }],
  };
  await Promise.all([
    writeFile(path.join(folder, 'tokens.csv'), `${token},proof,proof,system:masters\n`, { mode: 0o600 }),
    writeFile(path.join(folder, 'accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    }),
    writeFile(path.join(folder, 'accounts.pub'), publicKey.export({ type: 'spki', format: 'pem' })),
    writeFile(path.join(folder, 'config'), JSON.stringify(config), { mode: 0o600 }),
  ]);
}

function etcdOptions(folder: string, client: number, peer: number): string[] {
  const [clients, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    `--data-dir=${folder}/etcd`,
    ...[`--listen-client-urls=${clients}`, `--advertise-client-urls=${clients}`],
    ...[`--listen-peer-urls=${peers}`, `--initial-advertise-peer-urls=${peers}`],
    `--initial-cluster=default=${peers}`,
    // It is thrown away: nothing has to outlive a power cut.
    '--unsafe-no-fsync',
  ];
}

function serverOptions(folder: string, client: number, secure: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${client}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${secure}`,
    `--cert-dir=${folder}`,
    `--token-auth-file=${folder}/tokens.csv`,
    '--authorization-mode=RBAC',
    // What refuses a privileged pod is to be the namespace, not the server.
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${folder}/accounts.key`,
    `--service-account-key-file=${folder}/accounts.pub`,
  ];
}

async function start(folder: string, command: string, parameters: string[]): Promise<ChildProcess> {
  const log = await open(path.join(folder, 'log'), 'a');
  const child = spawn(command, parameters, { cwd: folder, stdio: ['ignore', log.fd, log.fd] });
  await once(child, 'spawn');
  await log.close();
  if (child.pid !== undefined) child.once('exit', guardAgainstOrphan(child.pid));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, pause(20_000, undefined, { ref: false })]);
  child.kill('SIGKILL');
  await ended;
}
