const root = document.documentElement;
document.getElementById('language').onclick = () => root.lang = root.lang === 'zh' ? 'en' : 'zh';
document.getElementById('theme').onclick = () => {
  const dark = (root.style.colorScheme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  root.style.colorScheme = dark ? 'light' : 'dark';
};
