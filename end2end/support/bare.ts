/** Requests that no browser made: only the headers that are given. */

import type { AppServer } from './app-server.ts';

/** The status of the answer to a GET. */
export async function ask(app: AppServer, path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(app.at(path), { headers, redirect: 'manual' });
  await response.arrayBuffer();
  return response.status;
}
