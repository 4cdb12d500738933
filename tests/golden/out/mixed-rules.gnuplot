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
6 0.392188 0 0.392188
7 0.408594 0 0.408594
8 0.384375 0 0.384375
15 1 0 1
16 1 0 1
17 1 0 1
24 1 0 1
25 1 0 1
26 1 0 1
EOD
# x, y, low, high of 'reused'
$p1s2 << EOD
3 1 0 1
4 1 0 1
5 1 0 1
9 0.999219 0 0.999219
10 0.997656 0 0.997656
11 0.998437 0 0.998437
12 0.0984375 0 0.0984375
13 0.117969 0 0.117969
14 0.1125 0 0.1125
18 1 0 1
19 1 0 1
20 1 0 1
21 0.95 0 0.95
22 0.8 0 0.8
23 0.85 0 0.85
EOD
# x, y, low, high of 'missed'
$p1s3 << EOD
6 0.607812 0.392188 1
7 0.591406 0.408594 1
8 0.615625 0.384375 1
EOD
# x, y, low, high of 'unnecessary'
$p1s4 << EOD
9 0.00078125 0.999219 1
10 0.00234375 0.997656 1
11 0.0015625 0.998437 1
12 0.901563 0.0984375 1
13 0.882031 0.117969 1
14 0.8875 0.1125 1
21 0.05 0.95 1
22 0.2 0.8 1
23 0.15 0.85 1
EOD
# x, y, low, high of '95 % interval'
$p1s5 << EOD
0 1 0.831567 1
1 1 0.831567 1
2 1 0.831567 1
3 1 0.831567 1
4 1 0.831567 1
5 1 0.831567 1
6 0.392188 0.358536 0.426619
7 0.408594 0.377342 0.440406
8 0.384375 0.353521 0.415939
9 0.999219 0.994675 0.999993
10 0.997656 0.992098 0.99966
11 0.998437 0.993345 0.999887
12 0.0984375 0.0803508 0.119022
13 0.117969 0.0982658 0.140042
14 0.1125 0.0893714 0.139172
15 1 0.831567 1
16 1 0.831567 1
17 1 0.831567 1
18 1 0.831567 1
19 1 0.831567 1
20 1 0.831567 1
21 0.95 0.694799 0.999651
22 0.8 0.548426 0.947712
23 0.85 0.590979 0.974661
24 1 0.831567 1
25 1 0.831567 1
26 1 0.831567 1
EOD
# x, y, low, high of 'copy'
$p2s1 << EOD
0 1907 1871.25 1942
1 2578.25 2536.5 2618.5
2 147625 145342 149892
6 1908.5 1870.5 1943.25
7 2597 2566.75 2629.25
8 148758 146562 151015
9 1834 1834 1834
10 2694 2694 2694
11 145881 145881 145881
12 1891.75 1852.5 1921.25
13 2566.5 2541 2643.25
14 149871 147706 151870
15 1916.25 1890 1947
16 2615.25 2580.25 2656.75
17 151309 149021 153752
21 1914.5 1914.5 1914.5
22 2622.75 2622.75 2622.75
23 150854 150854 150854
24 1902.25 1871.75 1934.75
25 2608 2579.25 2635.5
26 151686 148433 152693
EOD
# x, y, low, high of 'reuse'
$p2s2 << EOD
3 638 624 653
4 634.25 625.75 648.5
5 635.75 621.75 652.25
9 644.25 634.25 657.25
10 645.5 628.5 658
11 639 628.75 649.5
12 642 633 649.5
13 638.75 622 656
14 648 637.25 659.5
18 638.75 626.25 646.75
19 645.25 633 656.5
20 636.5 625.5 646.5
21 641.75 632 652.5
22 637.5 630.25 653.75
23 649.5 636.75 664.5
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,715 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,715 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'trials-reuse.'.type
set multiplot
set label 1 'reuse: expected, and what came otherwise' at screen 0.5,screen 0.980 center textcolor rgb '#000000' font ',12'
set label 2 'never: wrong' at screen 0.01,screen 0.013 left textcolor rgb '#505050' font ',9'

set lmargin at screen 0.0974
set rmargin at screen 0.6650
set tmargin at screen 0.8825
set bmargin at screen 0.0839
set format x '%g'
unset xlabel
set xlabel 'share of items, %'
unset logscale xy
set ytics ('T1, 4k' 0, 'T1, 64k' 1, 'T1, 2m' 2, 'T2, 4k' 3, 'T2, 64k' 4, 'T2, 2m' 5, 'T3, 4k' 6, 'T3, 64k' 7, 'T3, 2m' 8, 'T4, 4k' 9, 'T4, 64k' 10, 'T4, 2m' 11, 'T4r, 4k' 12, 'T4r, 64k' 13, 'T4r, 2m' 14, 'T5, 4k' 15, 'T5, 64k' 16, 'T5, 2m' 17, 'T6, 4k' 18, 'T6, 64k' 19, 'T6, 2m' 20, 'T7, 4k' 21, 'T7, 64k' 22, 'T7, 2m' 23, 'S1, 4k' 24, 'S1, 64k' 25, 'S1, 2m' 26)
set yrange [26.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.8865 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xtics 0,20,100
set xrange [0:100]
plot $p1s1 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#9EC5DE' fs solid 1 noborder title 'copied', \
     $p1s2 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#4A90BF' fs solid 1 noborder title 'reused', \
     $p1s3 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#D55E00' fs solid 1 noborder title 'missed', \
     $p1s4 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#E6A800' fs solid 1 noborder title 'unnecessary', \
     $p1s5 using (100*$2):1:(100*$3):(100*$4) with xerrorbars lc rgb '#202020' dt 1 lw 1 pt 0 title '95 % interval'
set grid noxtics ytics
set ytics autofreq font ''
unset label 3
unset label 1
unset label 2

set lmargin at screen 0.7000
set rmargin at screen 0.9750
set tmargin at screen 0.8825
set bmargin at screen 0.0839
set format x '%g'
unset xlabel
set xlabel 'median of an item'
unset logscale xy
set ytics ('' 0, '' 1, '' 2, '' 3, '' 4, '' 5, '' 6, '' 7, '' 8, '' 9, '' 10, '' 11, '' 12, '' 13, '' 14, '' 15, '' 16, '' 17, '' 18, '' 19, '' 20, '' 21, '' 22, '' 23, '' 24, '' 25, '' 26)
set yrange [26.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.8865 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xlabel 'median of an item, us'
set logscale x 10
set xtics ('0.5' 0.5, '1' 1, '2' 2, '5' 5, '10' 10, '20' 20, '50' 50, '100' 100)
set xrange [0.4145:230.628]
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
