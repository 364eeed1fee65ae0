/* The containers and codecs of videos that are read, for libav and for ffmpeg: what the contract's
 * file types need. Nothing that reads playlists, devices or the network, and no decoder that is not
 * needed: Debian 12's libav carries some with known holes. */
#pragma once

#define BOX_VIDEO_FORMATS                                                                          \
    "mov,matroska,webm,avi,flv,mpegts,mpeg,mpegvideo,m4v,h264,hevc,mxf,asf,gif"

#define BOX_VIDEO_CODECS                                                                           \
    "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,mpeg4,msmpeg4,msmpeg4v2,msmpeg4v1,mpeg1video,"      \
    "mpeg2video,h263,h263p,flv,mjpeg,vc1,wmv1,wmv2,wmv3,gif,dvvideo,prores,dnxhd,rawvideo,svq3"

#define BOX_AUDIO_CODECS                                                                           \
    "aac,aac_latm,mp3,mp3float,mp2,mp2float,ac3,eac3,opus,libopus,vorbis,flac,alac,amrnb,amrwb,"   \
    "wmav1,wmav2,wmapro,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_u8,pcm_alaw,"        \
    "pcm_mulaw,pcm_f32le,adpcm_ima_qt,adpcm_ms"
