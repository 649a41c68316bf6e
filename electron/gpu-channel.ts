/** On which the hidden GPU window is handed its port; its own, and no channel of the content page. */
export const gpuChannel = 'kernelscope.gpu';
