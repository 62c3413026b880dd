export { type NewPlugin, projectFiles, refusedName } from './project-files.ts';
export { ProjectRefused, writeProject } from './write-project.ts';
