/** The usual theme, with the layout of the home page. */

import DefaultTheme from 'vitepress/theme';
import './home.css';

export default DefaultTheme;
