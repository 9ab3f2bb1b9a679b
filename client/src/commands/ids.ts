/** The ids of the commands, as in the manifest. */
export const commandIds = {
  place: 'vramesh.place',
  unplace: 'vramesh.unplace',
  download: 'vramesh.download',
  deleteModel: 'vramesh.deleteModel',
  toggleCompletions: 'vramesh.toggleCompletions',
  toggleLanguage: 'vramesh.toggleLanguage',
  invite: 'vramesh.invite',
  join: 'vramesh.join',
  removeMachine: 'vramesh.removeMachine',
  leave: 'vramesh.leave',
  showLog: 'vramesh.showLog',
  restartHost: 'vramesh.restartHost',
  diagnose: 'vramesh.diagnose',
  installCudaRuntime: 'vramesh.installCudaRuntime',
  removeCudaRuntime: 'vramesh.removeCudaRuntime',
  showTopology: 'vramesh.showTopology',
  /** The menus of the status items; not in the palette. */
  gpuMenu: 'vramesh.gpuMenu',
  modelMenu: 'vramesh.modelMenu',
} as const;
