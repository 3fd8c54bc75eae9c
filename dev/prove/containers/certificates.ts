import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const openssl = promisify(execFile);

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/**
 * An authority, and a certificate of it for the server and for its callers, as deploy/temporal/mtls.yaml wants them; the
 * one named `stranger` is of another authority. All for this proof alone.
 */
export async function makeCertificates(folder: string): Promise<void> {
  await makeAuthority(folder, 'ca');
  await makeAuthority(folder, 'other');
  await sign(folder, 'ca', 'server', 'subjectAltName=DNS:temporal,DNS:localhost');
  await sign(folder, 'ca', 'client', 'extendedKeyUsage=clientAuth');
  await sign(folder, 'other', 'stranger', 'extendedKeyUsage=clientAuth');
}

async function makeAuthority(folder: string, name: string): Promise<void> {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
  const what = ['-x509', '-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE'];
  await openssl('openssl', ['req', ...KEY, ...what, ...files], { cwd: folder });
}

async function sign(folder: string, authority: string, name: string, extension: string): Promise<void> {
  await writeFile(path.join(folder, `${name}.cnf`), `${extension}\n`);
  const request = ['-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`];
  await openssl('openssl', ['req', ...KEY.slice(0, -2), ...request], { cwd: folder });
  const by = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '2'];
  const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.cnf`];
  await openssl('openssl', ['x509', '-req', ...by, ...files], { cwd: folder });
  // The containers' user reads it; the folder itself is closed to everybody else on this machine, and removed.
  await chmod(path.join(folder, `${name}.key`), 0o644);
}
