/** Signing in, registering, changing the password, and the end of a session. */
export { default as AccountFields } from './AccountFields.svelte';
export { default as ChangePasswordForm } from './ChangePasswordForm.svelte';
export { default as Form } from './Form.svelte';
export { default as Gate } from './Gate.svelte';
export { default as LoginForm } from './LoginForm.svelte';
export { default as RegisterForm } from './RegisterForm.svelte';
export { firstPage, signedInUser } from './first-page';
export { checkAccount } from './problem';
export { SessionEnd } from './session-end';
export { Submission } from './submission.svelte';
