// Before each file of tests: where the official SDK finds the server.
import { defaults } from '@immich/sdk';
import { inject } from 'vitest';

defaults.baseUrl = `${inject('url')}/api`;
