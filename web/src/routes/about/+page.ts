import { signedInUser } from '#features/auth';

/** For everyone, also before signing in. */
export const load = async () => ({ isSignedIn: await signedInUser().then(({ user }) => user !== null, () => false) });
