/** Lays out what ships for a platform ("linux-x64") in a folder, which is emptied first. Needs a build. */
export function stage(target: string, folder: string): Promise<void>;
