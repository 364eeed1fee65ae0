/* Makes calls that have no safe use here a compile error. The last include of a .c file.
 *
 * malloc and free are allowed in core/ and in the wrappers of foreign libraries: such a file
 * defines BANNED_ALLOW_MALLOC before it includes this header, with the reason beside it.
 */
#undef sprintf
#undef strcpy
#undef strcat

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets atoi atol atof localtime gmtime      \
    ctime asctime system
#pragma GCC poison strncpy strncat tmpnam mktemp
#ifndef BANNED_ALLOW_MALLOC
#pragma GCC poison malloc calloc realloc
#endif
