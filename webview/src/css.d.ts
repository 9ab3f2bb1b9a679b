/** The bundler gathers imported style sheets into webview.css. */
declare module '*.css';
