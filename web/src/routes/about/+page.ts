import { signedInUser } from '#features/auth';

/** For everyone, also before signing in. */
export const load = async () => ({ user: await signedInUser().catch(() => null) });
