/** A real reverse proxy in front of the app: nginx, started for one test in a folder of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from '@playwright/test';

const OPERATIONS = fileURLToPath(new URL('../../docs/operations/nginx.conf', import.meta.url));

/** An app behind the proxy: what is asked for below `prefix` goes to it. */
export interface Behind {
  readonly prefix: string;
  readonly port: number;
  /** Whether the proxy takes the prefix off. */
  readonly strips: boolean;
}

/** Several instances of one app behind the proxy. */
export interface Instances {
  /** Asked in turn, with no regard to who is asking. */
  readonly ports: readonly number[];
  /** What is asked for at these paths goes to this port alone, so that a test knows who answers. */
  readonly fixed: Readonly<Record<string, number>>;
}

export class Nginx {
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
  }

  static start(port: number, apps: readonly Behind[]): Promise<Nginx> {
    const server = `
  server {
    listen 127.0.0.1:${port};
    ${apps.map(location).join('\n')}
    location / { return 404; }
  }`;
    return Nginx.#run(port, server);
  }

  /** As `docs/operations/nginx.conf` has it, but for what is this test's own: ports, and no TLS. */
  static async balance(port: number, { ports, fixed }: Instances): Promise<Nginx> {
    let file = await readFile(OPERATIONS, 'utf8');
    const put = (from: string | RegExp, to: string): void => {
      const changed = file.replace(from, () => to);
      expect(changed, `the file of the documentation has ${from}`).not.toBe(file);
      file = changed;
    };
    // One that went is asked again at once when it is back: the default passes it over for ten seconds.
    put('    server 127.0.0.1:3000;', ports.map((one) => `    server 127.0.0.1:${one} max_fails=0;`).join('\n'));
    put('listen 443 ssl;', `listen 127.0.0.1:${port};`);
    put('server_name app.example.com;', '');
    put(/ssl_certificate .*;/, '');
    put(/ssl_certificate_key .*;/, '');
    const single = Object.entries(fixed).map(([path, one]) => `
    location = ${path} {
      proxy_pass http://127.0.0.1:${one};${FORWARDING}
    }`);
    put('    location / {', `${single.join('\n')}\n    location / {`);
    return Nginx.#run(port, file);
  }

  static async #run(port: number, inside: string): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'exeunt-nginx-'));
    const file = join(folder, 'nginx.conf');
    await writeFile(file, configuration(folder, inside));
    // Debian keeps it where only an administrator looks.
    const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
    const child = spawn('nginx', ['-c', file, '-p', folder, '-e', join(folder, 'error.log')], { env, stdio: 'ignore' });
    const nginx = new Nginx(child, folder);
    let failed: Error | undefined;
    child.once('error', (error) => {
      failed = error;
    });
    try {
      await expect(async () => {
        const answers = failed !== undefined || (await isListening(port));
        expect(answers, 'nginx answers').toBe(true);
      }).toPass({ timeout: 10_000, intervals: [20, 50, 100] });
      if (failed) {
        throw failed;
      }
    } catch (error) {
      const log = await readFile(join(folder, 'error.log'), 'utf8').catch(() => '');
      await nginx.stop();
      throw new Error(`nginx did not start: ${String(error)}\n${log}`);
    }
    return nginx;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.pid !== undefined) {
      const closed = new Promise((resolve) => this.#process.once('close', resolve));
      this.#process.kill('SIGTERM');
      await closed;
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function isListening(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/nothing-here`);
    return true;
  } catch {
    return false;
  }
}

const FORWARDING = `
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection '';
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;`;

function location({ prefix, port, strips }: Behind): string {
  return `
    location ${prefix}/ {
      proxy_pass http://127.0.0.1:${port}${strips ? '/' : ''};${FORWARDING}
    }`;
}

/** `inside` stands in the block `http`. */
function configuration(folder: string, inside: string): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${join(folder, kind)};`)
    .join('\n');
  return `
daemon off;
worker_processes 1;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')};
events { worker_connections 256; }
http {
  access_log off;
${temp}
${inside}
}
`;
}
