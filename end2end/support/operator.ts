/** The operator's command, as a second process beside the running server. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { AppServer } from './app-server.ts';

/** Runs a subcommand of the server binary with the settings of `app`; gives what it printed. */
export async function operate(app: AppServer, ...command: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(app.program, command, { cwd: app.folder, env: app.environment });
  return stdout;
}
