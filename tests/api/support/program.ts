// The program itself: what it says about its operations.

import { execFileSync } from 'node:child_process';
import { program } from '../../support/tintype.mts';

const run = (...words: string[]) => execFileSync(program(), ['admin', ...words], { encoding: 'utf8', maxBuffer: 64 << 20 });

export interface Operation {
  name: string;
  method: string;
  path: string;
  public: boolean;
  admin: boolean;
  /** Takes a shared link, too. */
  link: boolean;
  permission: string;
}

interface Described {
  operationId: string;
  security?: unknown[];
  parameters?: { name: string; in: string }[];
  'x-immich-permission'?: string;
  'x-immich-admin-only'?: boolean;
}

/** The operations that are built, as the description tells of them; those that answer to PATCH, too, come twice. */
export function linkedOperations(): Operation[] {
  const { paths } = JSON.parse(run('openapi')) as { paths: Record<string, Record<string, Described>> };
  const described = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, one] of Object.entries(methods))
      described.set(one.operationId, {
        name: one.operationId,
        method: method.toUpperCase(),
        path: `/api${path}`,
        public: !one.security,
        admin: one['x-immich-admin-only'] ?? false,
        link: one.parameters?.some(({ name, in: place }) => name === 'slug' && place === 'query') ?? false,
        permission: one['x-immich-permission'] ?? 'all',
      });
  return run('operations')
    .split('\n')
    .flatMap((line) => {
      const [state, name] = line.split(/\s+/);
      const operation = state === 'linked' ? described.get(name!) : undefined;
      if (!operation) return [];
      return line.includes('PATCH too') ? [operation, { ...operation, method: 'PATCH' }] : [operation];
    });
}
