/** The bare address leads on to where one can start. */
import { redirect } from '@sveltejs/kit';
import { firstPage } from '#features/auth';

export const load = async () => redirect(307, await firstPage());
