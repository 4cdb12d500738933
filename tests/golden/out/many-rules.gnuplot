#### trials-reuse.gp ####
# Run `gnuplot trials-reuse.gp` in this folder: it writes trials-reuse.png and trials-reuse.svg.
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

# x, y, low, high of 'copied'
$p1s1 << EOD
0 1 0 1
1 1 0 1
2 1 0 1
3 1 0 1
4 1 0 1
5 1 0 1
EOD
# x, y, low, high of 'reused'
$p1s2 << EOD
6 1 0 1
7 0.85 0 0.85
8 0.95 0 0.95
EOD
# x, y, low, high of 'unnecessary'
$p1s3 << EOD
7 0.15 0.85 1
8 0.05 0.95 1
EOD
# x, y, low, high of '95 % interval'
$p1s4 << EOD
0 1 0.831567 1
1 1 0.831567 1
2 1 0.831567 1
3 1 0.831567 1
4 1 0.831567 1
5 1 0.831567 1
6 1 0.831567 1
7 0.85 0.590979 0.974661
8 0.95 0.694799 0.999651
EOD
# x, y, low, high of 'copy'
$p2s1 << EOD
0 1900.25 1871.75 1937.75
1 2608.75 2548 2677.25
2 148562 145760 152478
3 1914.5 1880 1953.75
4 2611 2556.75 2670.25
5 150452 147825 153657
7 2598.5 2598.5 2598.5
8 149396 149396 149396
EOD
# x, y, low, high of 'reuse'
$p2s2 << EOD
6 649.25 630.75 666.5
7 640.5 627.25 652.5
8 642.25 633 651
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,337 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,337 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'trials-reuse.'.type
set multiplot
set label 1 'reuse: expected, and what came otherwise' at screen 0.5,screen 0.957 center textcolor rgb '#000000' font ',12'
set label 2 'never: missed, wrong' at screen 0.01,screen 0.028 left textcolor rgb '#505050' font ',9'

set lmargin at screen 0.0896
set rmargin at screen 0.6650
set tmargin at screen 0.7507
set bmargin at screen 0.1780
set format x '%g'
unset xlabel
set xlabel 'share of items, %'
unset logscale xy
set ytics ('T1, 4k' 0, 'T1, 64k' 1, 'T1, 2m' 2, 'T5, 4k' 3, 'T5, 64k' 4, 'T5, 2m' 5, 'T7, 4k' 6, 'T7, 64k' 7, 'T7, 2m' 8)
set yrange [8.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.7547 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xtics 0,20,100
set xrange [0:100]
plot $p1s1 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#9EC5DE' fs solid 1 noborder title 'copied', \
     $p1s2 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#4A90BF' fs solid 1 noborder title 'reused', \
     $p1s3 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#E6A800' fs solid 1 noborder title 'unnecessary', \
     $p1s4 using (100*$2):1:(100*$3):(100*$4) with xerrorbars lc rgb '#202020' dt 1 lw 1 pt 0 title '95 % interval'
set grid noxtics ytics
set ytics autofreq font ''
unset label 3
unset label 1
unset label 2

set lmargin at screen 0.7000
set rmargin at screen 0.9750
set tmargin at screen 0.7507
set bmargin at screen 0.1780
set format x '%g'
unset xlabel
set xlabel 'median of an item'
unset logscale xy
set ytics ('' 0, '' 1, '' 2, '' 3, '' 4, '' 5, '' 6, '' 7, '' 8)
set yrange [8.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.7547 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xlabel 'median of an item, us'
set logscale x 10
set xtics ('0.5' 0.5, '1' 1, '2' 2, '5' 5, '10' 10, '20' 20, '50' 50, '100' 100)
set xrange [0.418167:230.486]
plot $p2s1 using ($2/1000):1:($3/1000):($4/1000) with xerrorbars lt 1 dt 1 lw 1.5 ps 0.9 title 'copy', \
     $p2s2 using ($2/1000):1:($3/1000):($4/1000) with xerrorbars lt 2 dt 1 lw 1.5 ps 0.9 title 'reuse'
set grid noxtics ytics
set ytics autofreq font ''
unset label 3
unset label 1
unset label 2
unset multiplot
unset output
}
