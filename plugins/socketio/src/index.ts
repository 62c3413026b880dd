export { socketio as default } from './socketio.ts';
