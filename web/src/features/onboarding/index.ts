/** The steps after the first account, and after everyone's first sign-in; and how photos get here. */
export { serverAddress } from './address';
export { default as BringIn } from './BringIn.svelte';
export { default as ConnectPhone } from './ConnectPhone.svelte';
export { default as PhotosStep } from './PhotosStep.svelte';
export { default as Steps } from './Steps.svelte';
export { default as StorageStep } from './StorageStep.svelte';
export { Onboarding } from './onboarding.svelte';
export { position, stepAfter, type Step } from './steps';
