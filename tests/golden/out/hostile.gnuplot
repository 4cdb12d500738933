#### latency-evil_reboot___x_x0a__Bold_.gp ####
# Run `gnuplot latency-evil_reboot___x_x0a__Bold_.gp` in this folder: it writes latency-evil_reboot___x_x0a__Bold_.png and latency-evil_reboot___x_x0a__Bold_.svg.
set encoding utf8
set decimalsign '.'

# Okabe-Ito colours; dash and marker differ too, for grey paper.
set linetype 1 lc rgb '#0072B2' lw 2 pt 7  dt 1
set linetype 2 lc rgb '#D55E00' lw 2 pt 4  dt (8,3)
set linetype 3 lc rgb '#009E73' lw 2 pt 9  dt (3,3)
set linetype 4 lc rgb '#CC79A7' lw 2 pt 12 dt (10,3,2,3)
set linetype 5 lc rgb '#E69F00' lw 2 pt 11 dt 1
set linetype 6 lc rgb '#56B4E9' lw 2 pt 6  dt (8,3)
set linetype 7 lc rgb '#000000' lw 2 pt 5  dt (3,3)
set linetype 8 lc rgb '#7F7F7F' lw 2 pt 8  dt (10,3,2,3)
set border 3 lc rgb '#606060'
set tics nomirror out scale 0.6 textcolor rgb '#303030'
set grid ytics lt 1 lw 1 lc rgb '#D8D8D8'
set style fill transparent solid 0.18 noborder
set bars 0.6

# x, y, low, high of 'op'''
$p1s1 << EOD
4096 1005 1004.5 1005.5
8192 1905 1904.5 1905.5
EOD
# x, y, low, high of 'ctl?'
$p1s2 << EOD
4096 1056 1055.75 1056.25
8192 1956 1955.75 1956.5
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,520 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,520 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'latency-evil_reboot___x_x0a__Bold_.'.type
set multiplot
set label 1 'evil?reboot?''@x?x0a{/Bold} by size; bands are 95 % intervals' at screen 0.5,screen 0.972 center textcolor rgb '#000000' font ',12'
set label 2 'no counters in this result' at screen 0.01,screen 0.018 left textcolor rgb '#505050' font ',9'

set lmargin at screen 0.0850
set rmargin at screen 0.9800
set tmargin at screen 0.8800
set bmargin at screen 0.1500
set label 3 'evil?reboot?''@x?x0a{/Bold}' at graph 0,screen 0.9050 left font ',11'
set format x '%g'
unset xlabel
set xlabel 'size'
set logscale x 2
set xtics ('4K' 4096, '8K' 8192)
set xrange [3276.8:10240]
unset logscale y
set ytics 1000
set yrange [0:2445.62]
set ylabel 'latency, ns'
set key top left vertical reverse Left samplen 3 font ',10'
plot $p1s1 using 1:($3/1):($4/1) with filledcurves lt 1 notitle, \
     $p1s2 using 1:($3/1):($4/1) with filledcurves lt 2 notitle, \
     $p1s1 using 1:($2/1) with linespoints lt 1 title 'op''', \
     $p1s2 using 1:($2/1) with linespoints lt 2 title 'ctl?'
unset label 3
unset label 1
unset label 2
unset multiplot
unset output
}
#### no picture around the huge page size: no size is within two pages of it
#### no distribution picture: no op was observed singly
