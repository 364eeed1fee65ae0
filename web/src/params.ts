import { defineParams } from '@sveltejs/kit/params';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const params = defineParams({
  uuid: (value) => (UUID.test(value) ? value : undefined),
  /** The word of upstream's paths between a list and its open photo. */
  photos: (value) => (value === 'photos' ? value : undefined),
});
