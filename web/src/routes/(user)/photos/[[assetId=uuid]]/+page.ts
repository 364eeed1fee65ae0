import { Timeline } from '#features/timeline';

/**
 * The timeline asks for its counts while the frame still asks who is signed in. A browser without a session asks
 * nothing: the frame leads it to sign-in.
 */
export const load = () => {
  const timeline = new Timeline({ visibility: 'timeline', withStacked: true, withPartners: true });
  if (document.cookie.includes('immich_is_authenticated=true')) void timeline.start();
  return { timeline };
};
