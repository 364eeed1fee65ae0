/** The components, without any knowledge of photos' server or of features. Each is shown on /dev/ui in all its states. */
export {};
