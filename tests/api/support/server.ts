// The server that a run of the tests talks to: one of its own, with folders that are gone afterwards, or the one at
// TINTYPE_URL (an empty one, or one that these tests have used before). TINTYPE names the program to start;
// TINTYPE_DB_URL the database of the server at TINTYPE_URL, without which tests that look into it cannot run.

import { defaults, login, signUpAdmin, type UserAdminResponseDto } from '@immich/sdk';
import type { TestProject } from 'vitest/node';
import { Tintype, waitForPong } from '../../support/tintype.mts';

declare module 'vitest' {
  interface ProvidedContext {
    url: string;
    databaseUrl: string;
    admin: { id: string; email: string; password: string; token: string };
  }
}

const ADMIN = { email: 'admin@example.com', password: 'a long password', name: 'Administrator' };

interface Server {
  url: string;
  databaseUrl: string;
  stop(): Promise<void>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TINTYPE_URL;
  const server = given ? running(given) : await Tintype.start('api');
  try {
    defaults.baseUrl = `${server.url}/api`;
    await waitForPong(server.url);
    project.provide('url', server.url);
    project.provide('databaseUrl', server.databaseUrl);
    project.provide('admin', await administrator());
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}

function running(url: string): Server {
  return { url: url.replace(/\/+$/, ''), databaseUrl: process.env.TINTYPE_DB_URL ?? '', stop: async () => {} };
}

async function administrator() {
  const made: UserAdminResponseDto | undefined = await signUpAdmin({ signUpDto: ADMIN }).catch(() => undefined);
  const { email, password } = ADMIN;
  const { accessToken: token, userId: id } = await login({ loginCredentialDto: { email, password } });
  if (made && made.id !== id) throw new Error('signed up as one user, signed in as another');
  return { id, email, password, token };
}
