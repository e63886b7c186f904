import { contextBridge, ipcRenderer } from 'electron';
import { shellChannels, type StudioBridge } from '../core/contract/shell.ts';

/** All that a page may ask of the shell: six functions, and no `ipcRenderer`. */
const bridge: StudioBridge = {
  requestCorePort: () => ipcRenderer.send(shellChannels.requestCorePort),
  pickPath: (request) => ipcRenderer.invoke(shellChannels.pickPath, request),
  pickSavePath: (request) => ipcRenderer.invoke(shellChannels.pickSavePath, request),
  revealPath: (path) => ipcRenderer.invoke(shellChannels.revealPath, path),
  openExternal: (url) => ipcRenderer.invoke(shellChannels.openExternal, url),
  hostInfo: () => ipcRenderer.invoke(shellChannels.hostInfo),
};

contextBridge.exposeInMainWorld('studio', bridge);

// A port cannot cross the context bridge; a window message can carry it.
ipcRenderer.on(shellChannels.corePort, (event) => {
  window.postMessage(shellChannels.corePort, window.location.origin, event.ports);
});
